import { Controller, Get } from '@nestjs/common';
import { RequireUser } from 'nestjs-propelauth';
import { Wrapped } from '../replacements.js';
import {
  bindOther,
  bindSelf,
  constructed,
  ForAdmins,
  perRequest,
  perRequestAlike,
  perRequestUnruled,
  takeArrow,
  takeHelper,
  takeOther,
  type Fault,
} from './fault.js';

export const REPLACED_METHODS: Fault[] = [
  ['a constructor binds the method', () => constructed(bindSelf), 'no start'],
  ['a constructor binds another method', () => constructed(bindOther), 'no start'],
  ['a constructor puts an arrow function there', () => constructed(takeArrow), 'no start'],
  ['a constructor puts a helper there', () => constructed(takeHelper), 'no start'],
  [
    'a constructor puts another handler there',
    () => constructed(takeOther, { other: RequireUser() }),
    'no start',
  ],
  ['a constructor puts a public handler there', () => constructed(takeOther), 'no start'],
  ...[bindSelf, bindOther, takeArrow, takeHelper].flatMap((construct): Fault[] => [
    [
      `the constructor of a request-scoped class does ${String(construct)}`,
      () => constructed(construct, perRequest),
      'rejected',
    ],
    [
      `the same, beside a route without a rule: ${String(construct)}`,
      () => constructed(construct, perRequestUnruled),
      'rejected',
    ],
    [
      `the same, where all routes have one rule: ${String(construct)}`,
      () => constructed(construct, perRequestAlike),
      'rejected',
    ],
  ]),
  [
    'a decorator above the rule wraps the method',
    () => {
      @Controller()
      class Reports {
        @Get('list')
        @Wrapped
        @ForAdmins()
        list() {
          return {};
        }

        @Get('open')
        open() {
          return {};
        }
      }
      return Reports;
    },
    'guarded',
  ],
];
