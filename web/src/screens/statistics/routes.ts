export const routes = [{ path: '/statistics', name: 'statistics', component: () => import('./StatisticsScreen.vue') }];
