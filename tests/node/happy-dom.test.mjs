// The package under happy-dom, which has no ElementInternals.

import { Window } from 'happy-dom';
import { installWindow, testPackage } from './dom-library.mjs';

installWindow(new Window({ url: 'http://localhost:3000/' }));
testPackage({ reads: true });
