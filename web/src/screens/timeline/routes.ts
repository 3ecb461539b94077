export const routes = [{ path: '/', name: 'pictures', component: () => import('./TimelineScreen.vue') }];
