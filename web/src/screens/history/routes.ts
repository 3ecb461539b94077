export const routes = [{ path: '/history', name: 'history', component: () => import('./HistoryScreen.vue') }];
