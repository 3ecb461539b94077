export const routes = [{ path: '/tags/:path(.*)*', name: 'tags', component: () => import('./TagsScreen.vue') }];
