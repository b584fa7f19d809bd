import { inspect } from 'node:util';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { ScopeHierarchy } from '../rules/scope/scope-hierarchy.js';
import { McpServerOptions, type McpOptions } from './mcp-options.js';

const SECRET = 'client-secret-that-must-never-be-seen';
const introspection = { clientId: 'client-id', clientSecret: SECRET };
const minimal = {
  resource: 'https://api.example.com/mcp',
  introspection,
  scopes: ['read:reports'],
};

function resolve(changes: object = {}): McpServerOptions {
  return new McpServerOptions({ ...minimal, ...changes });
}

/** The message of the error that the options fail startup with. */
function rejectionOf(options: unknown): string {
  try {
    const resolved = new McpServerOptions(options);
    resolved.readIntrospectionCredentials();
    return `accepted: ${inspect(resolved)}`;
  } catch (error) {
    if (error instanceof PropelAuthConfigurationError) return error.message;
    throw error;
  }
}

function rejectionWith(changes: object): string {
  return rejectionOf({ ...minimal, ...changes });
}

/** Values that are rejected, by the message, from its beginning, behind the name of the option. What a list of scopes may be is in scope-hierarchy.spec.ts. */
const REJECTED: Partial<Record<keyof McpOptions, Record<string, unknown[]>>> = {
  resource: {
    ' is missing. Set it to the URL of the MCP endpoint': [undefined, ''],
    ' is not a URL. ': [null, 7, 'mcp', '/mcp', new URL(minimal.resource)],
    ' has to start with https:': [
      'http://api.example.com/mcp',
      'http://localhost.example.com',
      'http://10.0.0.1',
      'urn:mcp',
    ],
    ' contains a user name or password. Remove them': [
      'https://user:SECRET@api.example.com/mcp',
      'https://SECRET@api.example.com',
    ],
    ' contains a query or a fragment. ': [
      'https://api.example.com/mcp?',
      'https://api.example.com/mcp?a=b',
      'https://api.example.com/mcp#',
      'https://api.example.com/mcp#a',
    ],
    ' is not a normalized URL. Write it as https://api.example.com/mcp\n': [
      'https://API.example.com/mcp',
      'HTTPS://api.example.com/mcp',
      'https://api.example.com:443/mcp',
      'https://api.example.com/v1/../mcp',
      'https://api.example.com/./mcp',
      'https://api.example.com/v1/%2e%2e/mcp',
      'https:api.example.com/mcp',
      'https:\\\\api.example.com\\mcp',
      ' https://api.example.com/mcp',
      'https://api.example.com/mcp\n',
      'https://api.example.com/m\tcp',
    ],
    ' has a path with characters other than letters': [
      'https://api.example.com//mcp',
      'https://api.example.com/mcp//',
      'https://api.example.com//',
      'https://api.example.com/:id',
      'https://api.example.com/*all',
      'https://api.example.com/a b',
      'https://api.example.com/a%20b',
      'https://api.example.com/"',
      'https://api.example.com/ä',
    ],
  },
  introspection: {
    ' is not an object. ': [undefined, null, true, 'id:secret', []],
    '.clientId is missing. Set PROPELAUTH_INTROSPECTION_CLIENT_ID to the client id from the Request Validation page':
      [{ clientSecret: SECRET }, { clientId: '', clientSecret: SECRET }],
    '.clientSecret is missing. Set PROPELAUTH_INTROSPECTION_CLIENT_SECRET to the client secret from the Request':
      [{ clientId: 'a' }, { clientId: 'a', clientSecret: '' }],
    '.clientId is not a string. ': [{ clientId: 7, clientSecret: SECRET }],
    '.clientSecret is not a string. ': [{ clientId: 'a', clientSecret: [SECRET] }],
    '.clientId contains a colon, white space or a character that is not ASCII. ': [
      'a:b',
      ' ',
      'a b',
      'id\n',
      'i\r\nX: y',
      '\u007f',
      'ïd',
    ].map((clientId) => ({
      clientId,
      clientSecret: SECRET,
    })),
    '.clientSecret contains white space or a character that is not ASCII. ': [
      ' ',
      `${SECRET}\n`,
      `${SECRET}\0`,
      `${SECRET} `,
      `${SECRET}é`,
    ].map((clientSecret) => ({
      clientId: 'a',
      clientSecret,
    })),
  },
  scopes: {
    [` names no scope. Set it to all scopes, such as ['read:reports'], or `]: [
      undefined,
      null,
      'read',
      [],
      {},
    ],
    '[1] is not a scope. ': [7, '', ' ', 'a b', 'a\n', 'a"b', 'a\\b', '\u007f', 'é', undefined].map(
      (scope) => ['a', scope],
    ),
    '["a"][0] is not a scope of mcpServer.scopes. Add it there': [
      { a: ['b'] },
      { a: ['__proto__'] },
    ],
  },
  initialScopes: {
    ' is not a list of one or more of mcpServer.scopes. Set it to those': [
      null,
      '',
      'read:reports',
      [],
      {},
      ['read:reports', 'other'],
      ['read:reports', undefined],
      Array(1),
    ],
  },
  allowedOrigins: {
    ' is not a list. ': [null, true, 'https://a.example.com', {}],
    '[1] is not a URL. ': ['null', '*', 'a.example.com', null, 7].map((origin) => [
      'https://a.example.com',
      origin,
    ]),
    '[0] contains a wildcard. ': [['https://*'], ['https://*.example.com']],
    '[0] is missing. ': [[undefined], ['']],
    '[0] contains a path, a query or a fragment. ': [
      ['https://a.example.com/app'],
      ['https://a.example.com?a'],
      ['https://a.example.com/#a'],
    ],
    '[0] has to start with https:': [['http://a.example.com'], ['file:///'], ['data:text/html,x']],
  },
  metadataUrl: {
    ' is missing. ': [''],
    ' is not a URL. ': [null, 7, '/.well-known/oauth-protected-resource'],
    ' has to start with https:': ['http://example.com/.well-known/oauth-protected-resource'],
    ' is not a URL of resource metadata. Set it to a URL with /.well-known': [
      'https://example.com',
      'https://example.com/mcp',
      'https://example.com/.well-known/oauth-protected-resources',
      'https://example.com/.well-known/oauth-authorization-server',
      'https://example.com/.well-known/oauth-protected-resource/:id',
      'https://example.com/.well-known/oauth-protected-resource//mcp',
    ],
    ' contains a query or a fragment. ': ['?', '?a', '#', '#a'].map(
      (end) => `https://example.com/.well-known/oauth-protected-resource${end}`,
    ),
    ' contains a user name or password. ': [
      'https://u:SECRET@example.com/.well-known/oauth-protected-resource',
    ],
    ' is not a normalized URL. Write it as https://example.com/.well-known': [
      'https://EXAMPLE.com/.well-known/oauth-protected-resource',
    ],
  },
  cacheSeconds: {
    ' has to be an integer from 0 to 60. Leave it out for the default, 30.\n': [
      null,
      -1,
      0.5,
      61,
      NaN,
      '30',
    ],
  },
};

describe('The options of mcpServer()', () => {
  it('gets all defaults', () => {
    expect(resolve()).toEqual({
      resource: 'https://api.example.com/mcp',
      scopes: ['read:reports'],
      scopeHierarchy: new ScopeHierarchy('', ['read:reports']),
      allowedOrigins: new Set(),
      metadataUrl: 'https://api.example.com/.well-known/oauth-protected-resource/mcp',
      metadataPath: '/.well-known/oauth-protected-resource/mcp',
      cacheSeconds: 30,
    });
    expect(resolve({ allowedOrigins: undefined, metadataUrl: undefined })).toEqual(resolve());
    expect(resolve({ cacheSeconds: undefined, initialScopes: undefined })).toEqual(resolve());
  });

  it('accepts every property', () => {
    expect(
      resolve({
        scopes: { a: ['!#[]~'], '!#[]~': [], 'https://example.com/scope': ['a'] },
        initialScopes: ['!#[]~', 'a'],
        allowedOrigins: ['https://Inspector.example.com/', 'http://localhost:6274'],
        metadataUrl: 'https://example.com/api/.well-known/oauth-protected-resource/mcp',
        cacheSeconds: 0,
      }),
    ).toEqual({
      resource: 'https://api.example.com/mcp',
      scopes: ['a', '!#[]~', 'https://example.com/scope'],
      scopeHierarchy: new ScopeHierarchy('', {
        a: ['!#[]~'],
        '!#[]~': [],
        'https://example.com/scope': ['a'],
      }),
      initialScopes: ['!#[]~', 'a'],
      allowedOrigins: new Set(['https://inspector.example.com', 'http://localhost:6274']),
      metadataUrl: 'https://example.com/api/.well-known/oauth-protected-resource/mcp',
      metadataPath: '/.well-known/oauth-protected-resource/mcp',
      cacheSeconds: 0,
    });
  });

  it.each([
    ['https://api.example.com', ''],
    ['https://api.example.com/', ''],
    ['https://api.example.com/mcp', '/mcp'],
    ['https://api.example.com/mcp/', '/mcp/'],
    ['https://api.example.com:8443/v1/mcp', '/v1/mcp'],
    ['http://localhost:3000/mcp', '/mcp'],
    ['http://127.0.0.1:3000/mcp', '/mcp'],
    ['http://[::1]:3000', ''],
  ])('keeps the resource %s unchanged, and derives its metadata URL', (resource, path) => {
    const metadataPath = `/.well-known/oauth-protected-resource${path}`;
    expect(resolve({ resource })).toMatchObject({
      resource,
      metadataPath,
      metadataUrl: new URL(resource).origin + metadataPath,
    });
  });

  it.each([
    ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource'],
    ['/a/b/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource/mcp'],
  ])('serves a metadataUrl with the path %s at %s', (path, metadataPath) => {
    const metadataUrl = `https://www.example.com${path}`;
    expect(resolve({ metadataUrl })).toMatchObject({ metadataUrl, metadataPath });
  });

  it.each([undefined, null, true, 'https://api.example.com/mcp', [], () => ({})])(
    'must be an object, not %p',
    (mcp) => {
      expect(rejectionOf(mcp)).toMatch(
        /^mcpServer is not an object\. Pass \{ resource, introspection, scopes \} to mcpServer\(\)/,
      );
    },
  );

  it.each<[string, object]>([
    ['mcpServer.Resource', { Resource: 'https://api.example.com/mcp' }],
    ['mcpServer.constructor', { constructor: true }],
    ['mcpServer.introspection.secret', { introspection: { ...introspection, secret: SECRET } }],
  ])('has no option %s', (name, changes) => {
    expect(rejectionWith(changes)).toMatch(
      new RegExp(
        `^${name} is not an option\\. Remove it or correct its spelling; mcpServer.* takes `,
      ),
    );
  });

  it.each(
    Object.entries(REJECTED).flatMap(([option, messages]) =>
      Object.entries(messages).map(([message, values]) => ({ option, message, values })),
    ),
  )('rejects $values for $option', ({ option, message, values }) => {
    for (const value of values) {
      const rejection = rejectionWith({ [option]: value });
      expect(`\n- ${rejection}\n`).toContain(`\n- mcpServer.${option}${message}`);
      expect(rejection).not.toMatch(/secret-that|\bSECRET/);
    }
  });

  it('is not affected by later changes to the given object', () => {
    const scopes = ['a'];
    const initialScopes = ['a'];
    const allowedOrigins = ['https://a.example.com'];
    const resolved = resolve({ scopes, initialScopes, allowedOrigins });
    scopes.push('b');
    initialScopes.push('b');
    allowedOrigins.push('https://b.example.com');
    expect([resolved.scopes, resolved.initialScopes]).toEqual([['a'], ['a']]);
    expect([...resolved.allowedOrigins]).toEqual(['https://a.example.com']);
  });

  it('does not print the client secret', () => {
    const options = resolve();
    expect(options.readIntrospectionCredentials()).toEqual(introspection);
    for (const printed of [
      inspect(options, { depth: null, showHidden: true, getters: true }),
      inspect({ nested: [options] }),
      JSON.stringify(options),
      JSON.stringify(Object.entries(options)),
    ]) {
      expect(printed).not.toContain(SECRET);
    }
  });
});
