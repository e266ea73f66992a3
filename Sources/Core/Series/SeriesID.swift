/// The number under which the store knows a series; never given twice while a process runs.
typealias SeriesID = UInt32
