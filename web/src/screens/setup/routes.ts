export const routes = [{ path: '/setup', name: 'setup', component: () => import('./SetupScreen.vue'), meta: { isPublic: true } }];
