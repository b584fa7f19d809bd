self.__NEXT_FONT_MANIFEST =
  '{\n  "app": {},\n  "appUsingSizeAdjust": false,\n  "pages": {},\n  "pagesUsingSizeAdjust": false\n}';
