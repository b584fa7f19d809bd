import { describeCompanions } from './companion-suites.js';

// nestjs-zod 5.5.0 and @ts-rest/nest 3.52.1 support Nest up to 11: nest-11-companions has them.
describeCompanions();
