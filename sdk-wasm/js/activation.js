/* What the browser knows of the visitor's acts, by which a click is told from a message that says so. */

/**
 * Whether a click that a creative reports can be the visitor's: he has just acted, in `frame` where that is ours. A link that
 * opens a window uses up the browser's memory of the click; then only the focus tells.
 */
export const isVisitors = (frame, isOurs) => {
  const { userActivation } = navigator;
  if (!userActivation) return true;
  const { isActive, hasBeenActive } = userActivation;
  const focused = !!frame && frame.getRootNode().activeElement == frame;
  return (hasBeenActive && focused) || (isActive && (!isOurs || (!!frame && frame.matches(':hover'))));
};
