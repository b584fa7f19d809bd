import { InternalServerErrorException } from '@nestjs/common';

/** A call that no decision can be made about, because of how the application is written: 500. It says nothing to the client. */
export class GuardLostException extends InternalServerErrorException {}
