/** The API key of this tab: it goes with the tab, and never into an address. */
const NAME = "sandrun.key";

export const key = () => sessionStorage.getItem(NAME);

export const keep = (apiKey) => sessionStorage.setItem(NAME, apiKey);

export const forget = () => sessionStorage.removeItem(NAME);
