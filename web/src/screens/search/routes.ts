export const routes = [{ path: '/search', name: 'search', component: () => import('./SearchScreen.vue') }];
