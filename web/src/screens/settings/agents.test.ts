import { expect, test } from 'vitest';
import { agentName } from './agents';

test('browsers have the names that people know them by', () => {
  expect(agentName('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe('Firefox, Linux');
  expect(agentName('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0')).toBe('Edge, Windows');
  expect(agentName('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1')).toBe('Safari, iOS');
  expect(agentName('Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36')).toBe('Chrome, Android');
});

test('what is unknown is shown as it is, and not for ever', () => {
  expect(agentName('curl/8.5')).toBe('curl/8.5');
  expect(agentName('x'.repeat(500))).toHaveLength(60);
  expect(agentName('')).toBe('');
});
