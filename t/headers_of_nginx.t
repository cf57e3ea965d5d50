use strict;
use warnings;

# Which headers `make` takes: those of the very package that nginx is of, or none. What dpkg and apt say is made up here.

use Cwd ();
use File::Basename ();
use File::Temp ();
use Test::More;

my $top       = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');
my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);

sub program {
    my ($name, $script) = @_;
    mkdir "$directory/bin";
    open my $out, '>', "$directory/bin/$name" or die "$name: $!";
    print {$out} "#!/bin/sh\n$script\n";
    close $out;
    chmod 0755, "$directory/bin/$name";
}

# nginx of one package version, nginx-dev installed in another, and what the archive has.
sub machine {
    my ($nginx, $installed, $offered) = @_;
    program('nginx',      'exit 0');
    program('dpkg-query', <<"SHELL");
case \$1 in
    -S) [ -n "$nginx" ] && echo "nginx: \$2" ;;
    -W) case \$4 in nginx) echo "$nginx" ;; nginx-dev) printf '%s' "$installed" ;; esac ;;
esac
SHELL
    program('apt-get', <<"SHELL");
for last; do :; done
[ "\$last" = "nginx-dev=$offered" ] && : > nginx-dev_1_all.deb
SHELL
    program('apt-cache', "echo '  Candidate: $offered'");
    program('dpkg',      'mkdir -p "$3/usr/share/nginx/src/src/core"');
}

# What the script says, and where the headers are that it has found.
sub headers {
    my $made = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
    local $ENV{PATH} = "$directory/bin:$ENV{PATH}";
    my $said = `cd $top && t/tools/nginx-headers.sh nginx $made/nginx 2>&1`;
    return ($? >> 8, $said, readlink "$made/nginx/src");
}

machine('1.22.1-9+deb12u11', '1.22.1-9+deb12u11x', '1.22.1-9+deb12u11');
is_deeply([headers()], [0, '', 'nginx-dev/usr/share/nginx/src'], 'those of the same package, not installed ones of another');

machine('1.22.1-9+deb12u10', '', '1.22.1-9+deb12u11');
my ($status, $said, $source) = headers();
is($status, 1, 'the archive has moved on');
like($said, qr/1\.22\.1-9\+deb12u10, whose headers \(nginx-dev\) cannot be had.*they have 1\.22\.1-9\+deb12u11\. Run .*bring nginx up to date/s,
    'what is there, what is missing, what to do');
is($source, undef, 'no others are taken');

machine('', '1.22.1-9+deb12u11', '1.22.1-9+deb12u11');
($status, $said, $source) = headers();
is($status, 1, 'an nginx of no package');
like($said, qr/is of no Debian package.*NGX_SRC/s, 'its source has to be named');
is($source, undef, 'no others are taken');

done_testing;
