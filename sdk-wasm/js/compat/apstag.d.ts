/** `window.apstag` of `apstag.js`: what pages written for Amazon Publisher Services use. See docs/migrate/apstag.md. */

export interface ApstagSlot {
  /** Id of the slot's element. */
  slotID: string;
  /** The ad server's path of the ad unit. */
  slotName?: string;
  sizes: Array<[number, number]>;
  /** In hundredths of the currency: 100 is one US dollar. */
  floor?: { value: number; currency?: string };
  slotParams?: Record<string, string | string[]>;
  /** Slots for video get no bids. */
  mediaType?: 'video';
}

export interface ApstagBid {
  slotID: string;
  /** `300x250`; `0x0` without a bid. */
  size: string;
  mediaType: 'd' | 'v';
  /** The price's code; without a bid, `1` while bids are under way and `2` if nobody bids. */
  amznbid: string;
  amznp: string;
  amzniid: string;
  amznsz: string;
  amznactt?: 'OPEN';
  amznbid_sp?: string;
  amzniid_sp?: string;
  amznp_sp?: string;
  amznsz_sp?: string;
  amzndeal_sp?: string;
  /** Names of the members that are key-values. */
  targeting: string[];
  helpers?: { targetingKeys: string[] };
  qsParams?: string;
  encodedQsParams?: string;
}

export interface ApstagSettings {
  pubID: string;
  adServer?: string;
  /** Milliseconds, default 2000. */
  bidTimeout?: number;
  gdpr?: { enabled?: boolean; consent?: string; cmpTimeout?: number };
  /** Goes to `site.ext.data`. */
  params?: Record<string, string | string[]>;
  schain?: Record<string, unknown>;
  /** Whether to set the key-values of deals, too. */
  deals?: boolean;
  blockedBidders?: string[];
  deviceAccess?: boolean;
  /** The bid server; without it the `auctionUrl` and `account` of the SDK's page config. */
  earlybid?: {
    endpoint?: string;
    account?: string;
    /** The line items' codes for prices: `{"1.20": "1aglq80"}`. A price that is not listed is its own code. */
    priceCodes?: Record<string, string>;
    /** Names of stored imps by `slotID`; a slot that is not listed uses its `slotName`, or else its `slotID`. `false`: no stored imps. */
    stored?: Record<string, string> | false;
  };
}

export interface Apstag {
  init(settings: ApstagSettings, done?: () => void): void;
  fetchBids(
    request: { slots: ApstagSlot[]; timeout?: number; bidTimeout?: number; params?: Record<string, string | string[]> },
    done?: (bids: ApstagBid[]) => void,
  ): void;
  /** Sets the key-values on GPT's slots: on all of them, or on those of these elements. */
  setDisplayBids(slotIDs?: string | string[]): void;
  targetingKeys(mediaType?: string): string[];
  /** Writes the ad with this `amzniid` into the document of a frame of the page, once. */
  renderImp(target: Document, amzniid: string): void;
  /** Turns messages in the console on or off, for later pages of this site too. */
  debug(command: 'enable' | 'disable' | 'enableConsole' | 'disableConsole'): void;
  rpa(...values: unknown[]): void;
  upa(...values: unknown[]): void;
  dpa(...values: unknown[]): void;
  _Q: { push(...calls: Array<['i' | 'f', ArrayLike<unknown>]>): unknown };
}

declare global {
  interface Window {
    apstag: Apstag;
  }
  /** As pages write it, without `window`. */
  var apstag: Apstag;
}
