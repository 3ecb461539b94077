export const routes = [{ path: '/pictures/:id', name: 'picture', component: () => import('./PictureScreen.vue') }];
