declare module '*.css';
declare module 'vitepress-plugin-mermaid/Mermaid.vue' {
  import type { Component } from 'vue';
  const Mermaid: Component;
  export default Mermaid;
}
