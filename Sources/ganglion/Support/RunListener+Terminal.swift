import VehicleRuntime

extension RunListener {
  /// The terminal, or whoever reads standard error.
  static let terminal: RunListener = {
    var listener = RunListener(note: { tellNote($0) }, warning: { tellWarning($0) })
    listener.endProgress = { Terminal.endProgress() }
    if Terminal.showsProgress { listener.progress = { Terminal.showProgress($0) } }
    return listener
  }()

  /// The same, with a table where the window has room for one.
  static let tableOnTerminal: RunListener = {
    var listener = terminal
    if Terminal.showsProgress, Terminal.size.rows >= 8, Terminal.size.columns >= 40 {
      listener.table = LiveTableView(
        colours: Terminal.showsColours, plain: { PrintableText.inline($0) }, size: { Terminal.size },
        show: { Terminal.showTable($0) })
    }
    return listener
  }()

  private static func tellNote(_ text: String) {
    Terminal.endProgress()
    Terminal.printNote(text)
  }

  private static func tellWarning(_ text: String) {
    Terminal.endProgress()
    Terminal.printWarning(text, isUrgent: true)
  }
}
