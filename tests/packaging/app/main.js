import { run } from './consumer.js';

run();
