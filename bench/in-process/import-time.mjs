/** Measures how long importing the package takes when Nest is there already, once: an import is only ever timed in a new process. */
import '@nestjs/common';
import '@nestjs/core';

const entry = process.argv[2];

const start = performance.now();
await import(entry);
process.send({ milliseconds: performance.now() - start });
