// All that the page says, as [Chinese, English].

export const WORDS = {
  title: ["调度板", "Dispatch board"], area: ["调度区", "Area"], all: ["全部", "All"], kind: ["类别", "Kind"], day: ["日期", "Day"],
  find: ["查找", "Find"], feed: ["派工动态", "As it happens"], close: ["关闭", "Close"], skip: ["跳到工单", "Skip to the orders"],
  board: ["工单", "Work orders"], unplanned: ["未排", "Unplanned"], nothing: ["没有未排的工单。", "Everything is planned."],
  empty: ["没有符合条件的工单。", "No orders match."], noOrders: ["还没有工单。", "There are no work orders yet."], more: ["只显示前 {0} 条，共 {1} 条；请缩小范围。", "The first {0} of {1}; narrow the search."],
  live: ["实时", "Live"], connecting: ["连接中…", "Connecting…"], lost: ["连接中断，正在重连…", "Connection lost, reconnecting…"],
  reset: ["日志已更换，重新读取。", "The log was replaced; read anew."], other: ["EN", "中文"],
  when: ["时间", "When"], order: ["工单", "Order"], what: ["事项", "What"], where: ["地点", "Where"], who: ["人员", "Who"], state: ["状态", "State"],
  promise: ["时限", "Promise"], urgent: ["紧急", "urgent"], pinned: ["已指定", "pinned"], rework: ["返修", "rework"], nobody: ["无人", "nobody"],
  late: ["超时", "late"], willBeLate: ["将超时", "will be late"], soon: ["即将到时", "due soon"], kept: ["按时到场", "kept"], zone: ["片区", "Zone"],
  reported: ["报修", "Reported"], source: ["来源", "Source"], household: ["户", "Household"], due: ["时限", "Promised by"], history: ["经过", "History"], by: ["经办", "by"],
  notWalked: ["该巡更已撤销", "The round is not walked then any more."],
  repair: ["维修", "Repair"], cleaning: ["保洁", "Cleaning"], patrol: ["巡更", "Patrol"],
  opened: ["待派", "open"], planned: ["已排", "planned"], told: ["已通知", "told"], accepted: ["已接单", "accepted"], on_the_way: ["在途", "on the way"],
  arrived: ["已到场", "on site"], done: ["已完工", "done"], could_not: ["未办成", "could not"], closed: ["已结案", "closed"], cancelled: ["已取消", "cancelled"],
};
// What an event says in the feed: {who}, {when}, {what} are filled in.
export const EVENTS = {
  OrderOpened: ["新工单：{what}", "New order: {what}"], OrderPlanned: ["派给 {who}，{when}：{what}", "{who} at {when}: {what}"],
  OrderUnplanned: ["未能排上：{what}", "Not planned: {what}"], OrderShort: ["{who} 处人手不够：{what}", "Too few with {who}: {what}"],
  OrderTold: ["已通知 {who}：{what}", "{who} told: {what}"],
  OrderAskedAgain: ["须由 {who} 重新接单：{what}", "{who} asked again: {what}"],
  OrderPinned: ["调度指定 {who}：{what}", "Pinned to {who}: {what}"], OrderUnpinned: ["解除指定：{what}", "Unpinned: {what}"],
  OrderSpecified: ["目录已补：{what}", "Now in the catalogue: {what}"], VisitAccepted: ["{who} 已接单：{what}", "{who} accepted: {what}"],
  VisitRefused: ["{who} 不能去：{what}", "{who} cannot go: {what}"], WorkerOnTheWay: ["{who} 出发：{what}", "{who} on the way: {what}"],
  WorkerArrived: ["{who} 到场：{what}", "{who} on site: {what}"], VisitDone: ["{who} 完工：{what}", "{who} done: {what}"],
  HazardReported: ["{who} 巡更发现隐患：{what}", "{who} found a hazard: {what}"],
  VisitFailed: ["{who} 未办成：{what}", "{who} could not: {what}"], OrderRescheduled: ["改约：{what}", "New time agreed: {what}"],
  OrderClosed: ["回访结案：{what}", "Closed: {what}"], OrderCancelled: ["取消：{what}", "Cancelled: {what}"],
  OrderMoved: ["转出到别的调度区：{what}", "Went to another area: {what}"],
  PromiseMissed: ["超时未到场：{what}", "Promise missed: {what}"], ZoneGiven: ["片区 {id} 由 {who} 负责", "Zone {id} given to {who}"],
  ZoneUncovered: ["片区 {id} 无人负责", "Zone {id} has nobody"], WorkerAbsent: ["{id} 缺勤", "{id} is absent"], WorkerBack: ["{id} 返岗", "{id} is back"],
  WorkerBrought: ["{id} 当日已有工作计入", "{id} brings along what they did today"],
  HomeTaken: ["{id} 归属区域已定", "{id} has an area to work in"], HomeLeft: ["{id} 不再归属任何区域", "{id} works in no area any more"],
  PlanRefused: ["方案未通过检查", "A plan failed its check"], RequestAccepted: ["受理报事", "Request accepted"], RequestRepeated: ["重复报事", "Request repeated"],
};
// The rules by the names of `dispatch.solver.rules`, for the reason an order stays out.
export const RULES = {
  skill: "技能或证件不符", allowed: "不得派遣", shift: "不在班次内", break: "与休息冲突", overlap: "时间冲突", window: "约定时间段内排不下", visits_cap: "上门次数已满",
  minutes_cap: "工时已满", weight_cap: "负荷已满", tools: "缺工具", shared_tools: "共用工具已全部带出", parts: "缺配件", tie: "与相连的上门冲突",
  crew: "人手不够同时到场", pin: "与调度指定冲突", households_cap: "户数已满", zone_minutes_cap: "片区工作量已满", late: "赶不上时限",
  unplanned: "排入代价过高", unknown_category: "目录中没有此类工作", unknown_place: "没有登记的地点", unknown_area: "没有登记的调度区", window_past: "约定时间已过",
  team_skill: "班组技能不足", one_team: "一人一天只在一个班组", absent: "当天缺勤", within_day: "当天做不完", job_order: "前序工作未完成",
  round_start: "不在巡更时段内", round_way: "巡更路线过长", post: "岗位离不开人", draw: "与抽签记录不符", inspector: "检查人不符", inspection_day: "检查日期不符",
  inspections_cap: "检查次数已满", sample: "抽查数量不足", zone_seen: "片区未覆盖",
  contractor: "不能外包", zone_week_cap: "每周工作量已满", serves: "不服务该片", consent: "客户未同意", far: "离驻地太远", connected: "片区不相连",
  agreed_day: "不在约定日期", workday: "当天不上班", apart: "间隔天数不足", week_minutes: "每周工时已满", contracts_cap: "合同户数已满", notice: "在通知期内",
  promise: "次数未达约定", at_risk: "约定将无法兑现", place: "没有此岗位班次", training: "当天培训", holiday: "约定节假日休息", rest: "班间休息不足",
  rest_days: "休息日不足", days_in_row: "连续上班天数超限", nights_in_row: "连续夜班超限", off_in_row: "连休天数不足", shift_in_row: "同一班次连续天数超限", minutes: "总工时超限",
  minutes_a_week: "每周工时超限", duties: "班次总数超限", weekends: "周末班超限", shift_cap: "此类班次已满", minimum: "岗位低于最少人数",
  moved: "需先调整其他片区", awaits_desk: "未办成，待前台改约", not_yet: "尚未排班",
};
