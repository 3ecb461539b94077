export const routes = [
  { path: '/drives', name: 'drives', component: () => import('./DrivesScreen.vue') },
  { path: '/drives/:id', name: 'drive', component: () => import('./DriveScreen.vue'), meta: { isOwn: true } },
  { path: '/drives/:id/edit', name: 'drive-edit', component: () => import('./EditScreen.vue'), meta: { isOwn: true } },
];
