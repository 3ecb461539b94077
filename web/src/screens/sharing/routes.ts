/** Where sharing is: what others share with me, what I share, links, public collections. */
export const routes = [{ path: '/sharing/:part(mine|links|public)?', name: 'sharing', component: () => import('./SharingScreen.vue') }];
