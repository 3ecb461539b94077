/** What a fault means for a file, or for all of them. */
import { expect, it } from 'vitest';
import { Problem, Unreachable } from '../api/problem';
import { Unreadable } from './hasher';
import { Refused } from './sending';
import { faulty, STOPPED, verdict, waitFor } from './verdicts';

it('keeps all waiting where the fault is no file’s', () => {
  expect(waitFor(new Unreachable())).toEqual({ why: 'unreachable', seconds: null });
  expect(waitFor(new Problem(507, 'out_of_space', 'Full'))?.why).toBe('unreachable');
  expect(waitFor(new Problem(429, 'rate_limited', 'Slower', [], 7))).toEqual({ why: 'busy', seconds: 7 });
  expect(waitFor(new Problem(401, 'unauthenticated', 'Who?'))?.why).toBe('signedOut');
  expect(waitFor(new Problem(409, 'conflict', 'No'))).toBeNull();
});

it('tries again what may go better, and tells what never will', () => {
  expect(verdict(new Problem(422, 'hash_mismatch', 'Broken on the way'), false)).toBeNull();
  expect(verdict(new Problem(404, 'not_found', 'Expired'), false)).toBeNull();
  expect(verdict(new Problem(404, 'not_found', 'Expired'), true)).toEqual({ outcome: 'failed', reason: null, detail: 'Expired' });
  expect(verdict(new Problem(413, 'quota_exceeded', 'Full'), false)?.reason).toBe('overQuota');
  expect(verdict(new Problem(422, 'invalid', 'No', [{ path: 'files.0.size', detail: 'Too large' }]), false)?.reason).toBe('tooLarge');
  expect(verdict(new Refused(413), false)?.outcome).toBe('refused');
  expect(verdict(new Unreadable('gone'), false)?.reason).toBe('gone');
  expect(verdict(STOPPED, false)).toBeNull();
});

it('finds the files at fault among those that were announced together', () => {
  const at = (...paths: string[]): Problem => new Problem(422, 'invalid', 'No', paths.map((path) => ({ path, detail: 'No' })));
  expect(faulty(at('files.2.size', 'files.0.tags.1'))).toEqual(new Set([2, 0]));
  expect(faulty(at('files.2.size', 'batch'))).toBeNull();
  expect(faulty(at())).toBeNull();
});
