/** `window.pbjs` of `pbjs.js`: what pages written for Prebid.js with its server adapter use. See docs/migrate/prebid-js.md. */

export interface PbjsAdUnit {
  /** Id of the slot's element, or the ad server's path of the ad unit. */
  code: string;
  mediaTypes: {
    banner?: { sizes?: [number, number] | Array<[number, number]>; format?: Array<{ w: number; h: number }>; pos?: number };
    /** A request of OpenRTB Native 1.2, or assets by name (`title`, `image`, `sponsoredBy`, …). */
    native?: { ortb?: Record<string, unknown>; [asset: string]: unknown };
  };
  bids?: Array<{ bidder: string; params?: Record<string, unknown> }>;
  /** Merged over the imp. */
  ortb2Imp?: Record<string, unknown>;
  /** Rules (`values` with `schema`), or a single price. */
  floors?: {
    schema?: Record<string, unknown>;
    values?: Record<string, number>;
    default?: number;
    currency?: string;
    [other: string]: unknown;
  };
}

export interface PbjsBid {
  adId: string;
  adUnitCode: string;
  auctionId: string;
  bidder: string;
  bidderCode: string;
  /** In `currency`, after `bidCpmAdjustment`. */
  cpm: number;
  originalCpm: number;
  currency: string;
  width: number;
  height: number;
  size: string;
  mediaType: 'banner' | 'native';
  ad: string;
  adUrl?: string;
  creativeId?: string;
  dealId?: string;
  /** Seconds for which the bid may be shown. */
  ttl: number;
  status?: 'targetingSet' | 'rendered';
  adserverTargeting: Record<string, string>;
  meta: Record<string, unknown>;
  /** Milliseconds from the auction's start. */
  timeToRespond: number;
}

export interface PbjsServer {
  accountId: string;
  enabled?: boolean;
  /** Bidders that are asked; all of them if this is left out. */
  bidders?: string[];
  /** Where auctions are asked for. */
  endpoint: string | { p1Consent: string; noP1Consent?: string };
  /** Where cookies are synchronised, three seconds after the first auction. */
  syncEndpoint?: string | { p1Consent: string; noP1Consent?: string };
  /** What the server may spend, in milliseconds. Default: three quarters of the auction's time, at most `maxTimeout` (1500). */
  timeout?: number;
  maxTimeout?: number;
  coopSync?: boolean;
  userSyncLimit?: number;
  /** Merged over `ext.prebid` of the request. */
  extPrebid?: Record<string, unknown>;
}

type PriceBuckets = { buckets: Array<{ min?: number; max: number; increment: number; precision?: number }> };
type Granularity = 'low' | 'medium' | 'high' | 'auto' | 'dense' | PriceBuckets;

/** How consent is to be read: from the CMP, or as the page gives it. */
export interface ConsentSettings {
  cmpApi?: 'iab' | 'static';
  timeout?: number;
  actionTimeout?: number;
  defaultGdprScope?: boolean;
  consentData?: Record<string, unknown>;
  [other: string]: unknown;
}

/** Settings that have an effect; others are kept and not used. */
export interface PbjsConfig {
  s2sConfig?: PbjsServer | PbjsServer[];
  /** Milliseconds, default 3000. */
  bidderTimeout?: number;
  priceGranularity?: Granularity;
  mediaTypePriceGranularity?: Partial<Record<'banner' | 'native', Granularity>>;
  currency?: { adServerCurrency?: string; [other: string]: unknown };
  ortb2?: Record<string, unknown>;
  enableSendAllBids?: boolean;
  sendBidsControl?: { bidLimit?: number };
  targetingControls?: { allowZeroCpmBids?: boolean; [other: string]: unknown };
  /** By section, or the settings of `gdpr` alone. */
  consentManagement?: Partial<Record<'gdpr' | 'usp' | 'gpp', ConsentSettings>> | ConsentSettings;
  /** Rules for floors, as Prebid.js has them; the server enforces them. */
  floors?: Record<string, unknown>;
  /** `suppressExpiredRender`: whether a bid that is too old is kept from being shown. Default false. */
  auctionOptions?: { suppressExpiredRender?: boolean; [other: string]: unknown };
  userSync?: {
    syncEnabled?: boolean;
    syncDelay?: number;
    filterSettings?: { iframe?: { bidders?: string | string[]; filter?: 'include' | 'exclude' } };
  };
  customGptSlotMatching?: (slot: any) => (code: string) => boolean;
  /** Seconds by which bids end earlier than they say. Default 1. */
  ttlBuffer?: number;
  deviceAccess?: boolean;
  debug?: boolean;
  [other: string]: unknown;
}

export type PbjsEvent =
  | 'addAdUnits'
  | 'requestBids'
  | 'beforeRequestBids'
  | 'auctionInit'
  | 'bidRequested'
  | 'beforePBSHttp'
  | 'bidAdjustment'
  | 'bidAccepted'
  | 'bidResponse'
  | 'bidderDone'
  | 'bidderError'
  | 'noBid'
  | 'auctionTimeout'
  | 'bidTimeout'
  | 'auctionEnd'
  | 'setTargeting'
  | 'bidWon'
  | 'staleRender'
  | 'expiredRender'
  | 'adRenderSucceeded'
  | 'adRenderFailed'
  | 'browserIntervention';

export interface PbjsRequest {
  adUnits?: PbjsAdUnit[];
  adUnitCodes?: string[];
  /** Milliseconds. */
  timeout?: number;
  auctionId?: string;
  ortb2?: Record<string, unknown>;
  bidsBackHandler?: (bids?: Record<string, { bids: PbjsBid[] }>, timedOut?: boolean, auctionId?: string) => void;
}

type Keys = Record<string, string>;
type Bids = { bids: PbjsBid[] };

export interface Pbjs {
  /** Functions to run once the library runs, in their order; those that are added later run soon, but never at once. */
  que: { push(call: () => void): unknown };
  cmd: { push(call: () => void): unknown };
  libLoaded?: boolean;
  version: string;
  installedModules: string[];
  adUnits: PbjsAdUnit[];
  bidderSettings: Record<
    string,
    {
      bidCpmAdjustment?: (cpm: number, bid: PbjsBid) => number;
      adserverTargeting?: Array<{ key: string; val: string | ((bid: PbjsBid) => string) }>;
    }
  >;
  addAdUnits(units: PbjsAdUnit | PbjsAdUnit[]): void;
  removeAdUnit(codes?: string | string[]): void;
  requestBids(request?: PbjsRequest): Promise<{ bids: Record<string, Bids>; timedOut: boolean; auctionId: string } | undefined>;
  setConfig(config: PbjsConfig): void;
  mergeConfig(config: PbjsConfig): PbjsConfig;
  getConfig(): PbjsConfig;
  getConfig(path: string): any;
  getConfig(path: string, heard: (change: PbjsConfig) => void): () => void;
  readConfig(path?: string): any;
  setTargetingForGPTAsync(codes?: string | string[], match?: (slot: any) => (code: string) => boolean): void;
  getAdserverTargeting(codes?: string | string[]): Record<string, Keys>;
  getAdserverTargetingForAdUnitCode(code: string): Keys;
  getAdserverTargetingForAdUnitCodeStr(code: string): string;
  getBidResponses(): Record<string, Bids>;
  getBidResponsesForAdUnitCode(code: string): Bids;
  getNoBids(): Record<string, { bids: Array<Record<string, unknown>> }>;
  getNoBidsForAdUnitCode(code: string): { bids: Array<Record<string, unknown>> };
  getHighestCpmBids(code?: string): PbjsBid[];
  getHighestUnusedBidResponseForAdUnitCode(code: string): PbjsBid | undefined;
  getAllWinningBids(): PbjsBid[];
  getAllPrebidWinningBids(): PbjsBid[];
  markWinningBidAsUsed(which: { adUnitCode?: string; adId?: string }): void;
  /** Writes an ad into the document of a frame of the page. */
  renderAd(target: Document, adId: string, options?: { clickThrough?: string }): void;
  onEvent(name: PbjsEvent, heard: (args: any) => void, id?: string): void;
  offEvent(name: PbjsEvent, heard: (args: any) => void, id?: string): void;
  getEvents(): Array<{ eventType: PbjsEvent; args: unknown; id?: string; elapsedTime: number }>;
  getBidResponseByAdId(adId: string): PbjsBid | undefined;
  /** Data for some bidders only. */
  setBidderConfig(given: { bidders: string[]; config: { ortb2?: Record<string, unknown> } }): void;
  mergeBidderConfig(given: { bidders: string[]; config: { ortb2?: Record<string, unknown> } }): void;
  /** Calls the win and billing addresses of a bid that is shown by other means. */
  triggerBilling(which: { adUnitCode?: string; adId?: string }): void;
  /** Without effect: the visitor's ids are those that the page gives in `ortb2`, and only the two calls by eid return them. */
  getUserIds(): Record<string, unknown>;
  getUserIdsAsync(): Promise<Record<string, unknown>>;
  getUserIdsAsEids(): Array<Record<string, unknown>>;
  getUserIdsAsEidBySource(source: string): Record<string, unknown> | undefined;
  getEncryptedEidsForSource(source: string): Promise<undefined>;
  refreshUserIds(): Promise<Record<string, unknown>>;
  getStorageUseDisclosures(): unknown[];
  removeUserSyncs(): void;
  triggerUserSyncs(): void;
  /** Without effect: there are no analytics modules. */
  enableAnalytics(modules: unknown): void;
  aliasRegistry: Record<string, string>;
  aliasBidder(bidder: string, alias: string): void;
  clearAllAuctions(): void;
  refreshPageViewId(): void;
}

declare global {
  interface Window {
    pbjs: Pbjs;
  }
  /** As pages write it, without `window`. */
  var pbjs: Pbjs;
}
