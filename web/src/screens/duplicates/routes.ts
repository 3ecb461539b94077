export const routes = [{ path: '/duplicates', name: 'duplicates', component: () => import('./DuplicatesScreen.vue') }];
