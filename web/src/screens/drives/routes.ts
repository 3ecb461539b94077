export const routes = [
  { path: '/drives', name: 'drives', component: () => import('./DrivesScreen.vue') },
  { path: '/drives/:id', name: 'drive', component: () => import('./DriveScreen.vue') },
  { path: '/drives/:id/edit', name: 'drive-edit', component: () => import('./EditScreen.vue') },
];
