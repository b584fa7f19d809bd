/** What the trackers have seen: the names of called methods and of classes with new instances. */
export const tracked: string[] = [];

/** Replaces each method of a class by a function with the same metadata, as error trackers do. */
export function TrackMethods(): ClassDecorator {
  return ({ prototype }) => {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name === 'constructor' || typeof descriptor.value !== 'function') continue;
      const value = trackedFunction(name, descriptor.value);
      Object.defineProperty(prototype, name, { ...descriptor, value });
    }
  };
}

function trackedFunction(name: string, method: Function): Function {
  function wrapper(this: unknown, ...args: unknown[]) {
    tracked.push(name);
    return method.apply(this, args);
  }
  for (const key of Reflect.getMetadataKeys(method)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), wrapper);
  }
  return wrapper;
}

/** Replaces a class by a `Proxy` that sees each new instance, as error trackers do. */
export function TrackInstances(): ClassDecorator {
  return <Class extends Function>(type: Class) =>
    new Proxy(type, {
      construct(target, args, newTarget) {
        tracked.push(target.name);
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
}
