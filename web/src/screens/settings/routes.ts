export const routes = [
  {
    path: '/settings',
    component: () => import('./SettingsScreen.vue'),
    children: [
      { path: '', name: 'settings', component: () => import('./ProfileSection.vue') },
      { path: 'security', name: 'settings-security', component: () => import('./SecuritySection.vue') },
      { path: 'library', name: 'settings-library', component: () => import('./LibrarySection.vue') },
      { path: 'appearance', name: 'settings-appearance', component: () => import('./AppearanceSection.vue') },
      { path: 'account', name: 'settings-account', component: () => import('./AccountSection.vue') },
    ],
  },
];
