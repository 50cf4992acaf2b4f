/** Types of the page config and of `window.earlybid`. See docs/page-config.md. */

/** Width and height in CSS pixels. */
export type Size = [width: number, height: number];

/** The page config: JSON in `<script type="application/json" id="earlybid-config">`. */
export interface PageConfig {
  /** The publisher's account at the bid server. */
  account: string;
  /** Where auctions are asked for; a path on the page's own origin is fastest. */
  auctionUrl: string;
  /** Where events go. Without it nothing is recorded. */
  eventsUrl?: string;
  /** Folder of sdk.js, sdk.wasm and fallback.js. */
  sdkUrl: string;
  /** What the bid server may spend on an auction, in milliseconds. Default 700. */
  tmax?: number;
  /** When the page stops waiting for bids, in milliseconds after the loader ran. Default 1500. */
  failsafe?: number;
  /** Who renders. Without it the SDK renders winners itself. */
  adServer?: AdServer;
  /** Names of the page in the tables. */
  page?: PageNames;
  /** The page's slots. */
  slots: Slot[];
}

export interface AdServer {
  type: 'gpt';
  /** The ad server's chain of scripts: all are preloaded, the first is run. Empty if the page loads them. */
  scripts?: string[];
}

export interface PageNames {
  site?: string;
  type?: string;
  variant?: string;
}

export interface Slot {
  /** Id of the slot's element, and `imp.id` in the auction. */
  code: string;
  /** The ad server's path of the ad unit. */
  adUnitPath?: string;
  /** Sizes that fit, the preferred one first. */
  sizes: Size[];
  /** Name of the imp that the bid server has in store. */
  storedImp?: string;
  /** Bidders' parameters, for a slot without a stored imp. */
  bidders?: Record<string, unknown>;
}

/** `window.earlybid`. Only `cmd` is there before the SDK has started. */
export interface Earlybid {
  /** Functions to run once the SDK runs; at once if it does already. */
  cmd: { push(...calls: Array<() => void>): unknown };
  /** Asks for new ads in the named slots, or in all, by a new auction. */
  refresh?(codes?: string | string[]): void;
  /** Sends the events that wait. */
  flush?(): void;
  /** Version of the SDK; `fallback` where only the plain script runs. */
  version?: string;
  /** The id under which this page view is in the tables. */
  pageViewId?: string;
}

declare global {
  interface Window {
    earlybid: Earlybid;
  }
}
