/** Where the navigation leads, in its order; `keys` go there from anywhere. */
import type { IconName } from '../ui/icons';

export interface Place {
  readonly name: 'pictures' | 'search' | 'tags' | 'map' | 'calendar' | 'sharing' | 'people' | 'rules' | 'hierarchies' | 'duplicates' | 'trash' | 'history' | 'statistics' | 'import' | 'settings' | 'administration';
  readonly to: string;
  readonly icon: IconName;
  readonly keys: string;
  readonly group: 0 | 1 | 2 | 3;
  /** In the bar at the foot of a phone. */
  readonly onPhone?: boolean;
  readonly forAdministrators?: boolean;
}

export const PLACES: readonly Place[] = [
  { name: 'pictures', to: '/', icon: 'pictures', keys: 'g p', group: 0, onPhone: true },
  { name: 'search', to: '/search', icon: 'search', keys: 'g f', group: 0, onPhone: true },
  { name: 'tags', to: '/tags', icon: 'tag', keys: 'g t', group: 0, onPhone: true },
  { name: 'map', to: '/map', icon: 'map', keys: 'g m', group: 0 },
  { name: 'calendar', to: '/calendar', icon: 'calendar', keys: 'g c', group: 0 },
  { name: 'sharing', to: '/sharing', icon: 'share', keys: 'g s', group: 1, onPhone: true },
  { name: 'people', to: '/people', icon: 'people', keys: 'g w', group: 1 },
  { name: 'rules', to: '/rules', icon: 'rule', keys: 'g r', group: 2 },
  { name: 'hierarchies', to: '/drives', icon: 'drive', keys: 'g d', group: 2 },
  { name: 'import', to: '/import', icon: 'upload', keys: 'g i', group: 2 },
  { name: 'duplicates', to: '/duplicates', icon: 'duplicates', keys: 'g u', group: 2 },
  { name: 'trash', to: '/trash', icon: 'trash', keys: 'g x', group: 2 },
  { name: 'history', to: '/history', icon: 'history', keys: 'g h', group: 2 },
  { name: 'statistics', to: '/statistics', icon: 'statistics', keys: 'g n', group: 3 },
  { name: 'settings', to: '/settings', icon: 'settings', keys: 'g e', group: 3 },
  { name: 'administration', to: '/administration', icon: 'admin', keys: 'g a', group: 3, forAdministrators: true },
];
