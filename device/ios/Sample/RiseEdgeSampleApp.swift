import SwiftUI

@main
struct RiseEdgeSampleApp: App {
    var body: some Scene {
        WindowGroup { CheckView() }
    }
}
