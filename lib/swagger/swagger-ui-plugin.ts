/**
 * A plugin of Swagger UI. SwaggerModule writes functions into the page as source text, so this one becomes text that the compiler does not
 * change.
 *
 * - Authorize opens at its first scheme. Otherwise the last text field, which takes the focus, scrolls it out of view.
 * - A route that also accepts callers without a credential has an open lock until there is one. Otherwise its lock is always closed.
 */
export const SWAGGER_UI_PLUGIN = Object.assign(() => ({}), {
  toString: () => `({ React }) => ({
    wrapComponents: {
      authorizationPopup: (Popup) => class extends React.Component {
        componentDidMount() {
          const content = document.querySelector('.modal-ux-content');
          content.querySelector('input, .authorize')?.focus();
          content.scrollTop = 0;
        }
        render() {
          return React.createElement(Popup, this.props);
        }
      },
    },
    statePlugins: {
      auth: {
        wrapSelectors: {
          isAuthorized: (isAuthorized) => (state, ways) => isAuthorized(ways?.filter((way) => way.size > 0)),
        },
      },
    },
  })`,
});
