export const routes = [{ path: '/login', name: 'login', component: () => import('./LoginScreen.vue'), meta: { isPublic: true } }];
