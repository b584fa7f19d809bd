self.__SSG_MANIFEST = new Set();
self.__SSG_MANIFEST_CB && self.__SSG_MANIFEST_CB();
