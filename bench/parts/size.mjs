import { join } from 'node:path';
import { sizeOfEntryPoint, sizesOfTarball } from '../../scripts/sizes.mjs';
import { markdownTable } from '../report/markdown-table.mjs';
import { kilobytes, megabytes } from '../report/numbers.mjs';

/** The size of the package, measured as `npm run size` does. */
export const size = {
  name: 'size',
  title: 'Size',
  lines: ['20'],
  async measure({ builds, progress }) {
    progress('npm pack');
    const sizes = builds.map(({ root, suffix }) => ({
      suffix,
      main: sizeOfEntryPoint(join(root, 'dist/index.js')),
      ...sizesOfTarball(root),
    }));
    const lines = sizes.flatMap((build) => [
      [`what an import of the main entry point loads, gzip${build.suffix}`, kilobytes(build.main)],
      [`the tarball${build.suffix}`, megabytes(build.size)],
      [`the tarball, unpacked${build.suffix}`, megabytes(build.unpackedSize)],
    ]);
    const [{ main, size: packed, unpackedSize: unpacked }] = sizes;
    return {
      tables: [markdownTable(['size', '>figure'], lines)],
      figures: { 'size/main': main, 'size/packed': packed, 'size/unpacked': unpacked },
    };
  },
};
