export const routes = [{ path: '/trash', name: 'trash', component: () => import('./TrashScreen.vue') }];
