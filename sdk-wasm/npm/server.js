/* In place of the scripts where there is no page, as when a server renders one: nothing to do, and nothing thrown. */
export {};
