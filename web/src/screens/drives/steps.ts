/** The systems that open drives, and their steps taken apart. */

export const SYSTEMS = ['finder', 'explorer', 'gnome', 'kde', 'ios', 'android', 'rclone', 'davfs2'] as const;
export type System = (typeof SYSTEMS)[number];

export interface Piece {
  readonly text: string;
  readonly kind: 'plain' | 'code' | 'strong';
}

/** A step taken apart: what is said, what is typed, what is clicked on. */
export function pieces(step: string): Piece[] {
  return step
    .split(/(`[^`]*`|\*[^*]+\*)/)
    .filter(Boolean)
    .map((text) => {
      if (text.startsWith('`')) return { text: text.slice(1, -1), kind: 'code' };
      return text.startsWith('*') ? { text: text.slice(1, -1), kind: 'strong' } : { text, kind: 'plain' };
    });
}

/** The system that somebody most likely sits at, by what their browser says of itself. */
export function likely(agent: string): System {
  if (/iPhone|iPad/.test(agent)) return 'ios';
  if (/Android/.test(agent)) return 'android';
  if (/Mac OS/.test(agent)) return 'finder';
  return /Windows/.test(agent) ? 'explorer' : 'gnome';
}
