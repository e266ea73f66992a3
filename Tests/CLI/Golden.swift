/// Charts as they look when they are right.
enum Golden {
    static let rising = """
        host_load1  1h
          1 ┤                                     ⢀⣀⣀⠤⠤⠒⠊⠉
            │                              ⣀⣀⡠⠤⠒⠒⠉⠁
        0.5 ┤                      ⣀⣀⠤⠤⠔⠒⠉⠉
            │              ⢀⣀⣀⠤⠔⠒⠊⠉
            │       ⣀⡠⠤⠤⠒⠊⠉⠁
          0 ┤⣀⠤⠔⠒⠒⠉⠉
            └┬──────────┬──────────┬──────────┬──────────┬
           11:00      11:15      11:30      11:45    12:00
                        MIN  AVG  MAX  LAST
        ──  host_load1    0  0.5    1     1

        """

    static let risingASCII = """
        host_load1  1h
          1 +                                        *****
            |                               *********
        0.5 +                      *********
            |             *********
            |    *********
          0 +*****
            ++----------+----------+----------+----------+
           11:00      11:15      11:30      11:45    12:00
                        MIN  AVG  MAX  LAST
        --  host_load1    0  0.5    1     1

        """
}
