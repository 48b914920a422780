import VehicleRuntime

extension RunListener {
  /// The terminal, or whoever reads standard error.
  static let terminal: RunListener = {
    var listener = RunListener(note: { tellNote($0) }, warning: { tellWarning($0) })
    listener.endProgress = { Terminal.endProgress() }
    if Terminal.showsProgress { listener.progress = { Terminal.showProgress($0) } }
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
