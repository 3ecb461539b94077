/** The grid of pictures, loaded once a screen of finding shows some. */
import { defineAsyncComponent } from 'vue';

export const PictureGrid = defineAsyncComponent(() => import('../timeline/PictureGrid.vue'));
