export const routes = [{ path: '/calendar', name: 'calendar', component: () => import('./CalendarScreen.vue') }];
