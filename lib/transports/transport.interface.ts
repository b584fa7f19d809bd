import type { IncomingHttpHeaders } from 'node:http';
import type { ExecutionContext, HttpException } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { RejectionReason } from '../rejections/rejection-table.js';
import type { OptionalPackages } from './optional-packages.js';

/** The properties of a transport that the guard needs: where the parts of a call are. */
export interface Transport {
  /**
   * The access token of a call.
   *
   * @throws {Rejection} when there is none, or not exactly one
   */
  readToken(context: ExecutionContext): string;

  /**
   * What `debugMode` says about a call whose credential is missing or malformed, where it is looked for elsewhere than in the
   * Authorization header of an HTTP request. `undefined` for the words of the reason.
   */
  describeRejection?(reason: RejectionReason, context: ExecutionContext): string | undefined;

  /** Whether only the application can say where the token of a call is. */
  readonly needsTokenSource?: true;

  /** The request that a call came with, or that opened its connection, if there is one and it is known. */
  requestOf(context: ExecutionContext): RequestHeaders | undefined;

  /** What the caller of a call is left on for logging and error tools, if there is such a thing. */
  annotationTargetOf(context: ExecutionContext): AnnotationTarget | undefined;

  /** The request or connection that a token came with, where it is verified once for all who ask. */
  tokenScopeOf(context: ExecutionContext): object | undefined;

  /**
   * What belongs to this one call of this one handler, if anything does: by these objects together, what was decided about the call is found
   * again. What was decided is kept for as long as all of them are.
   */
  decisionKeysOf(context: ExecutionContext): readonly object[];

  /**
   * What lasts as long as the call, or the operation that it is part of: API keys and step-up grants are asked about once for it.
   * No connection, over which others follow.
   */
  operationScopeOf(context: ExecutionContext): object | undefined;

  /**
   * The request that the operation came with, where one can bring several operations. `undefined` where none can, and over a connection, on
   * which others follow.
   */
  batchOf?(context: ExecutionContext): object | undefined;

  /** The address that a call comes from, if it is known. */
  addressOf(context: ExecutionContext): string | undefined;

  /** What to throw for an exception, so that the clients of this transport understand it. */
  translate(exception: HttpException, context: ExecutionContext, tools: TranslationTools): unknown;
}

/** What answers are made with. */
export interface TranslationTools {
  readonly adapterHost: HttpAdapterHost;
  readonly packages: OptionalPackages;
}

/** What the guard leaves on a request, connection or message. Nothing here reads it back. */
export interface AnnotationTarget {
  user?: unknown;
  org?: unknown;
}

/** The parts of a request that are used: an IncomingMessage, or an object of an HTTP adapter around one (`raw`, as in Fastify). */
export interface RequestHeaders {
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders?: readonly string[];
  readonly raw?: { readonly rawHeaders?: readonly string[] };
}
