self.__RSC_SERVER_MANIFEST =
  '{\n  "node": {},\n  "edge": {},\n  "encryptionKey": "7FofW3qpkJY+njgiOsVHP3YRBeAnnTJznXmWgnbk0y0="\n}';
