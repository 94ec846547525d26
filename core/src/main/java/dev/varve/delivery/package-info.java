/// The relay: reads the log, plans every event for every platform, drives the lanes, records what happens.
///
/// **Click ids** that an event brings are remembered for its user and its install, and carried to later events of
/// either for 90 days: from an install over a login to a purchase that the server reports with a user id only. A
/// click never reaches an event from before it.
///
/// **Twins** are events of the same id and name that two apps report to the same pixel. When one was forwarded within
/// 48 h the other is `skipped`/`duplicate`. While one is on its way the other waits in the backlog, so none is dropped
/// for one that fails. Two that meet in different processes at the same moment may both be sent; the platform merges
/// them.
///
/// **Counts** explain every real event behind the position, per platform and by the minute of arrival, in every state
/// that is ever committed; see [RollupKey].
@org.jspecify.annotations.NullMarked
package dev.varve.delivery;
