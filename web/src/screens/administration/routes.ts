export const routes = [
  {
    path: '/administration',
    component: () => import('./AdministrationScreen.vue'),
    children: [
      { path: '', name: 'administration', component: () => import('./ServerSection.vue') },
      { path: 'people', name: 'administration-people', component: () => import('./PeopleSection.vue') },
      { path: 'jobs', name: 'administration-jobs', component: () => import('./JobsSection.vue') },
      { path: 'deliveries', name: 'administration-deliveries', component: () => import('./DeliveriesSection.vue') },
      { path: 'servers', name: 'administration-servers', component: () => import('./ServersSection.vue') },
      { path: 'reports', name: 'administration-reports', component: () => import('./ReportsSection.vue') },
      { path: 'log', name: 'administration-log', component: () => import('./LogSection.vue') },
      { path: 'backups', name: 'administration-backups', component: () => import('./BackupsSection.vue') },
    ],
  },
];
