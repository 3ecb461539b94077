/** The grid of pictures, loaded once a screen of finding shows some. */
import { defineAsyncComponent } from 'vue';
import { part } from '../ui/part';

export const PictureGrid = defineAsyncComponent(part(() => import('../timeline/PictureGrid.vue')));
