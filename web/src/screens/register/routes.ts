export const routes = [{ path: '/register', name: 'register', component: () => import('./RegisterScreen.vue'), meta: { isPublic: true } }];
