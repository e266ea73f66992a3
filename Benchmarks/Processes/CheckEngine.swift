import Glibc
import OpsJSONRPC

/// A program that runs Nagios-compatible plugins, on a configuration of our own.
protocol CheckEngine {
    /// What it is called in the figures.
    static var name: String { get }
    /// Starts it, so that it runs `command` for each of `checks` once a second; nil when it is not
    /// installed.
    static func start(
        _ workspace: Workspace, command: [String], checks: Int
    ) throws -> (any CheckEngine)?
    var program: RunningProgram { get }
}

extension CheckEngine {
    func stop() { program.stop() }
}

/// Debian's nagios4.
struct Nagios: CheckEngine {
    static let name = "nagios4"
    private static let path = "/usr/sbin/nagios4"
    let program: RunningProgram

    static func start(
        _ workspace: Workspace, command: [String], checks: Int
    ) throws -> (any CheckEngine)? {
        guard access(path, X_OK) == 0 else { return nil }
        mkdir(workspace.file("results"), 0o700)
        let objects = try workspace.write(
            objects(command.joined(separator: " "), checks), to: "objects.cfg")
        let main = try workspace.write(settings(workspace, objects), to: "nagios.cfg")
        let log = open(workspace.file("nagios.out"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(log) }
        return Nagios(
            program: try Program(path: path).start(
                [main], Program.Streams(output: log, error: log)))
    }

    private static func settings(_ workspace: Workspace, _ objects: String) -> String {
        let user = String(cString: getpwuid(geteuid()).pointee.pw_name)
        let files = [
            "log_file": "nagios.log", "object_cache_file": "objects.cache",
            "status_file": "status.dat", "state_retention_file": "retention.dat",
            "temp_file": "nagios.tmp", "check_result_path": "results", "lock_file": "nagios.lock",
            "command_file": "nagios.cmd", "query_socket": "nagios.qh",
        ].map { "\($0)=\(workspace.file($1))\n" }
        return files.joined() + """
            cfg_file=\(objects)
            temp_path=\(workspace.path)
            nagios_user=\(user)
            nagios_group=\(user)
            interval_length=1
            max_concurrent_checks=0
            use_large_installation_tweaks=1
            service_inter_check_delay_method=s
            execute_host_checks=0
            enable_notifications=0
            enable_flap_detection=0
            process_performance_data=0
            log_rotation_method=n
            use_syslog=0
            check_for_updates=0
            retain_state_information=0
            """
    }

    private static func objects(_ command: String, _ checks: Int) -> String {
        let days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
        let services = (0..<checks).map { number in
            """
            define service {
             host_name h
             service_description s\(number)
             check_command c
             max_check_attempts 3
             check_interval 1
             retry_interval 1
             check_period always
             notifications_enabled 0
             contacts nobody
            }
            """
        }
        return """
            define timeperiod {
             timeperiod_name always
             alias always
            \(days.map { " \($0) 00:00-24:00" }.joined(separator: "\n"))
            }
            define command {
             command_name c
             command_line \(command)
            }
            define contact {
             contact_name nobody
             host_notification_period always
             service_notification_period always
             host_notification_options n
             service_notification_options n
             host_notification_commands c
             service_notification_commands c
            }
            define host {
             host_name h
             address 127.0.0.1
             check_command c
             max_check_attempts 1
             active_checks_enabled 0
             check_period always
             contacts nobody
             notification_interval 0
             notification_period always
            }

            """ + services.joined(separator: "\n") + "\n"
    }
}

/// Debian's icinga2.
struct Icinga: CheckEngine {
    static let name = "icinga2"
    let program: RunningProgram

    static func start(
        _ workspace: Workspace, command: [String], checks: Int
    ) throws -> (any CheckEngine)? {
        // Debian's command is a script around the program of its own architecture's folder.
        let folders: [String] = Folder.entries(of: "/usr/lib")
        let paths: [String] = folders.map { "\($0)/icinga2/sbin/icinga2" }
        let found = paths.first { access($0, X_OK) == 0 }
        guard let path = found else { return nil }
        let config = try workspace.write(
            objects(workspace, command, checks), to: "icinga2.conf")
        let user = String(cString: getpwuid(geteuid()).pointee.pw_name)
        var defines = ["RunAsUser": user, "RunAsGroup": user, "ConfigDir": workspace.path]
        for (name, folder) in [
            ("DataDir", "lib"), ("LogDir", "log"), ("CacheDir", "cache"), ("SpoolDir", "spool"),
            ("InitRunDir", "run"),
        ] {
            mkdir(workspace.file(folder), 0o700)
            defines[name] = workspace.file(folder)
        }
        let log = open(workspace.file("icinga2.out"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(log) }
        let arguments =
            ["daemon", "--config=\(config)"] + defines.map { "--define=\($0)=\($1)" }
        return Icinga(
            program: try Program(path: path).start(
                arguments, Program.Streams(output: log, error: log)))
    }

    private static func objects(
        _ workspace: Workspace, _ command: [String], _ checks: Int
    ) -> String {
        let words = command.map { "\"\($0)\"" }.joined(separator: ", ")
        let services = (0..<checks).map { number in
            """
            object Service "s\(number)" { host_name = "h", check_command = "c", check_interval = 1s, \
            retry_interval = 1s, enable_perfdata = false, enable_notifications = false }
            """
        }
        return """
            const NodeName = "bench"
            object Zone "bench" { endpoints = [ "bench" ] }
            object Endpoint "bench" { }
            object IcingaApplication "app" { }
            object CheckerComponent "checker" { }
            object FileLogger "log" { severity = "warning", path = "\(workspace.file("icinga2.log"))" }
            object CheckCommand "c" { command = [ \(words) ] }
            object Host "h" { check_command = "c", enable_active_checks = false }

            """ + services.joined(separator: "\n") + "\n"
    }
}
