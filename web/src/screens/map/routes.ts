export const routes = [{ path: '/map', name: 'map', component: () => import('./MapScreen.vue') }];
