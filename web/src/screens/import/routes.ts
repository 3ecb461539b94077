export const routes = [{ path: '/import', name: 'import', component: () => import('./ImportScreen.vue') }];
