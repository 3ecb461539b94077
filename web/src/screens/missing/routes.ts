export const routes = [{ path: '/:anything(.*)*', name: 'missing', component: () => import('./MissingScreen.vue') }];
